"""What the collection costs: against `terraform plan`, against the waits that AWS imposes, and by the number of services."""
