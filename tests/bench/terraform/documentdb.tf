locals {
  documentdb = "${local.name}-docdb-main"
}

resource "aws_docdb_subnet_group" "documentdb" {
  name        = local.documentdb
  description = "Subnets of ${local.documentdb}"
  subnet_ids  = [for zone in var.zone_ids : aws_subnet.private[zone].id]
}

resource "aws_security_group" "documentdb" {
  name        = local.documentdb
  description = "Port 27017 of ${local.documentdb}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "documentdb" {
  security_group_id = aws_security_group.documentdb.id
  ip_protocol       = "tcp"
  from_port         = 27017
  to_port           = 27017
  cidr_ipv4         = aws_vpc.this.cidr_block
}

resource "aws_docdb_cluster_parameter_group" "documentdb" {
  name        = "${local.documentdb}-docdb5-0"
  family      = "docdb5.0"
  description = "Parameters of ${local.documentdb}-docdb5-0"
  parameter {
    name         = "tls"
    value        = "enabled"
    apply_method = "pending-reboot"
  }
}

resource "aws_secretsmanager_secret" "documentdb" {
  name        = "opta/${var.environment}/docdb/main"
  description = "Credentials of DocumentDB cluster ${local.documentdb}"
  kms_key_id  = aws_kms_key.this.arn
}

resource "aws_secretsmanager_secret_version" "documentdb" {
  secret_id     = aws_secretsmanager_secret.documentdb.id
  secret_string = jsonencode({ username = "opta", password = var.password })
}

resource "aws_docdb_cluster" "documentdb" {
  cluster_identifier              = local.documentdb
  engine_version                  = "5.0.0"
  master_username                 = "opta"
  master_password                 = var.password
  db_subnet_group_name            = aws_docdb_subnet_group.documentdb.name
  vpc_security_group_ids          = [aws_security_group.documentdb.id]
  db_cluster_parameter_group_name = aws_docdb_cluster_parameter_group.documentdb.name
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.this.arn
  backup_retention_period         = 5
  deletion_protection             = false
  skip_final_snapshot             = true
}

resource "aws_docdb_cluster_instance" "documentdb" {
  identifier            = "${local.documentdb}-1"
  cluster_identifier    = aws_docdb_cluster.documentdb.id
  instance_class        = "db.t4g.medium"
  promotion_tier        = 1
  copy_tags_to_snapshot = true
}
