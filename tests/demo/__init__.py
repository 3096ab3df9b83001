"""The demo's end: what stands, asked of AWS and of Kubernetes."""
