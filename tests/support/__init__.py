"""What the tests share: the stand-in as they see it, and Ansible as they run it."""
