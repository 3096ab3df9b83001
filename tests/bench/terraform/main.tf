# What the demo describes as `staging`, under another name: what `terraform plan` is measured with.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "environment" {
  type    = string
  default = "compared"
}

variable "cidr_block" {
  type    = string
  default = "10.110.0.0/16"
}

variable "zone_ids" {
  type    = list(string)
  default = ["euw1-az1", "euw1-az2", "euw1-az3"]
}

# Of all stores; fixed, so that a plan has nothing to make up
variable "password" {
  type      = string
  default   = "OfNothingThatIsReal24680"
  sensitive = true
}

# Region, endpoint and credentials are those of the stand-in, from the process environment
provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = false

  default_tags {
    tags = {
      "opta:environment" = var.environment
      "opta:managed-by"  = "terraform"
      team               = "demo"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  name        = "opta-${var.environment}"
  path        = "/opta/${var.environment}/"
  account_id  = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  region      = data.aws_region.current.name
  autoscaling = "arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
  policies    = "arn:${local.partition}:iam::aws:policy"
}
