//! Loads a certificate and its key as Linkerd's policy controller does when it starts: `kubert-load KEY CERTIFICATES`.

use kubert::server::ServerArgs;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [key, certificates] = paths.as_slice() else {
        eprintln!("usage: kubert-load KEY CERTIFICATES");
        std::process::exit(2);
    };
    let server = ServerArgs {
        server_addr: ([127, 0, 0, 1], 0).into(),
        server_tls_key: Some(key.parse().unwrap()),
        server_tls_certs: Some(certificates.parse().unwrap()),
    };
    if let Err(error) = server.bind().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
