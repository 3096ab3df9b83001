resource "aws_launch_template" "default" {
  name = "${local.name}-default"

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted             = true
      delete_on_termination = true
      kms_key_id            = aws_kms_key.this.arn
      volume_size           = 50
      volume_type           = "gp3"
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${local.name}-default" }
  }

  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "${local.name}-default" }
  }
}

resource "aws_eks_node_group" "default" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "default"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for zone in var.zone_ids : aws_subnet.private[zone].id]
  ami_type        = "AL2023_x86_64_STANDARD"
  instance_types  = ["t3.large"]
  version         = aws_eks_cluster.this.version

  scaling_config {
    min_size     = 3
    max_size     = 9
    desired_size = 3
  }

  launch_template {
    id      = aws_launch_template.default.id
    version = aws_launch_template.default.latest_version
  }

  # The autoscaler's, as in the collection
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [aws_iam_role_policy_attachment.node, aws_route.nat, aws_eks_addon.before_nodes]
}
