"""The summary of the demo: the resources in AWS and Kubernetes."""
