"""Real databases behind the endpoints of the emulated AWS: PostgreSQL for Aurora, Redis or Valkey for ElastiCache."""
