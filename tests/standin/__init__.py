"""A stand-in for AWS and EKS on this machine, for the tests and the demo: see README.md beside this file."""
