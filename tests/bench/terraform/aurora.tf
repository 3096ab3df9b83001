locals {
  aurora = "${local.name}-aurora-main"
}

resource "aws_db_subnet_group" "aurora" {
  name        = local.aurora
  description = "Subnets of ${local.aurora}"
  subnet_ids  = [for zone in var.zone_ids : aws_subnet.private[zone].id]
}

resource "aws_security_group" "aurora" {
  name        = local.aurora
  description = "Port 5432 of ${local.aurora}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "aurora" {
  security_group_id = aws_security_group.aurora.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = aws_vpc.this.cidr_block
}

resource "aws_rds_cluster_parameter_group" "aurora" {
  name        = "${local.aurora}-aurora-postgresql17"
  family      = "aurora-postgresql17"
  description = "Parameters of ${local.aurora}-aurora-postgresql17"
  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }
}

resource "aws_secretsmanager_secret" "aurora" {
  name        = "opta/${var.environment}/aurora/main"
  description = "Credentials of Aurora cluster ${local.aurora}"
  kms_key_id  = aws_kms_key.this.arn
}

resource "aws_secretsmanager_secret_version" "aurora" {
  secret_id     = aws_secretsmanager_secret.aurora.id
  secret_string = jsonencode({ username = "opta", password = var.password })
}

resource "aws_rds_cluster" "aurora" {
  cluster_identifier              = local.aurora
  engine                          = "aurora-postgresql"
  engine_version                  = "17.7"
  engine_lifecycle_support        = "open-source-rds-extended-support-disabled"
  database_name                   = "app"
  master_username                 = "opta"
  master_password                 = var.password
  db_subnet_group_name            = aws_db_subnet_group.aurora.name
  vpc_security_group_ids          = [aws_security_group.aurora.id]
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.aurora.name
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.this.arn
  backup_retention_period         = 5
  copy_tags_to_snapshot           = true
  deletion_protection             = false
  skip_final_snapshot             = true
}

resource "aws_rds_cluster_instance" "aurora" {
  identifier            = "${local.aurora}-1"
  cluster_identifier    = aws_rds_cluster.aurora.id
  engine                = aws_rds_cluster.aurora.engine
  instance_class        = "db.t4g.medium"
  promotion_tier        = 1
  copy_tags_to_snapshot = true
}
