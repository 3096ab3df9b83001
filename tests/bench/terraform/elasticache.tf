locals {
  cache = "${local.name}-cache-main"
}

resource "aws_elasticache_subnet_group" "cache" {
  name        = local.cache
  description = "Subnets of ${local.cache}"
  subnet_ids  = [for zone in var.zone_ids : aws_subnet.private[zone].id]
}

resource "aws_security_group" "cache" {
  name        = local.cache
  description = "Port 6379 of ${local.cache}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "cache" {
  security_group_id = aws_security_group.cache.id
  ip_protocol       = "tcp"
  from_port         = 6379
  to_port           = 6379
  cidr_ipv4         = aws_vpc.this.cidr_block
}

resource "aws_elasticache_parameter_group" "cache" {
  name        = "${local.cache}-valkey8"
  family      = "valkey8"
  description = "Parameters of ${local.cache}-valkey8"
}

resource "aws_secretsmanager_secret" "cache" {
  name        = "opta/${var.environment}/cache/main"
  description = "Credentials of the cache ${local.cache}"
  kms_key_id  = aws_kms_key.this.arn
}

resource "aws_secretsmanager_secret_version" "cache" {
  secret_id     = aws_secretsmanager_secret.cache.id
  secret_string = jsonencode({ username = "default", password = var.password })
}

resource "aws_elasticache_user" "cache" {
  user_id       = local.cache
  user_name     = "default"
  engine        = "valkey"
  access_string = "on ~* &* +@all"
  authentication_mode {
    type      = "password"
    passwords = [var.password]
  }
}

resource "aws_elasticache_user_group" "cache" {
  user_group_id = local.cache
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.cache.user_id]
}

resource "aws_elasticache_replication_group" "cache" {
  replication_group_id       = local.cache
  description                = local.cache
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = "cache.t4g.micro"
  num_cache_clusters         = 1
  automatic_failover_enabled = false
  multi_az_enabled           = false
  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.cache.name
  security_group_ids         = [aws_security_group.cache.id]
  parameter_group_name       = aws_elasticache_parameter_group.cache.name
  user_group_ids             = [aws_elasticache_user_group.cache.user_group_id]
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.this.arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  snapshot_retention_limit   = 1
}
