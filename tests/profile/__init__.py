"""What the tests cost: seconds, runs of Ansible and control planes of each test, CPU time of each kind of process."""
