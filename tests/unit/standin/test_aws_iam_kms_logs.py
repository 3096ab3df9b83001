"""IAM, KMS, CloudWatch Logs and STS of the stand-in: what AWS refuses."""

from __future__ import annotations

import json
import urllib.request

import pytest

ACCOUNT = "arn:aws:iam::123456789012:root"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal, actions="kms:*", **more):
    return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*", **more}


@pytest.fixture(scope="module")
def logs(aws):
    return aws.client("logs")


class TestRoles:
    def test_a_new_role_is_not_immediately_a_valid_principal(self, aws, refusal):
        role = aws.role("ec2.amazonaws.com")
        aws.world.clock.set_times({"iam:role-visible": 1000})
        try:
            answer = refusal(aws.kms.create_key, Policy=policy(allow({"AWS": ACCOUNT}), allow({"AWS": role})))
        finally:
            aws.world.clock.set_times({"iam:role-visible": 0})
        assert "invalid principals" in answer
        aws.kms.create_key(Policy=policy(allow({"AWS": ACCOUNT}), allow({"AWS": role})))

    @pytest.mark.parametrize(
        ("statement", "message"),
        [
            ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/none"}, "Action": "sts:AssumeRole"}, "Invalid principal in policy"),
            ({"Action": "sts:AssumeRole"}, "Missing required field Principal"),
            ({"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*"}, "prohibited field Resource"),
        ],
    )
    def test_bad_trust_policies_are_refused(self, aws, refusal, statement, message):
        document = policy({"Effect": "Allow", **statement})
        answer = refusal(aws.iam.create_role, RoleName=aws.name("bad"), AssumeRolePolicyDocument=document)
        assert answer.startswith("MalformedPolicyDocument")
        assert message in answer

    def test_update_role_keeps_what_is_not_named(self, aws):
        name = aws.role("ec2.amazonaws.com").rsplit("/", 1)[-1]
        aws.iam.update_role(RoleName=name, Description="words", MaxSessionDuration=7200)
        aws.iam.update_role(RoleName=name, Description="others")
        role = aws.iam.get_role(RoleName=name)["Role"]
        assert (role["Description"], role["MaxSessionDuration"]) == ("others", 7200)

    def test_a_role_with_policies_is_not_deleted(self, aws, refusal):
        name = aws.role("eks.amazonaws.com", "AmazonEKSClusterPolicy").rsplit("/", 1)[-1]
        assert "DeleteConflict" in refusal(aws.iam.delete_role, RoleName=name)

    @pytest.mark.parametrize(
        ("service", "name"),
        [
            ("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"),
            ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
            ("elasticache.amazonaws.com", "AWSServiceRoleForElastiCache"),
        ],
    )
    def test_service_linked_roles_have_their_names_and_are_created_once(self, aws, refusal, service, name):
        role = aws.iam.create_service_linked_role(AWSServiceName=service)["Role"]
        assert role["Arn"] == f"arn:aws:iam::123456789012:role/aws-service-role/{service}/{name}"
        assert name in [each["RoleName"] for each in aws.iam.list_roles(PathPrefix=f"/aws-service-role/{service}/")["Roles"]]
        assert "InvalidInput: Service role name" in refusal(aws.iam.create_service_linked_role, AWSServiceName=service)
        assert "UnmodifiableEntity" in refusal(aws.iam.delete_role, RoleName=name)

    def test_eks_creates_its_service_linked_roles(self, aws):
        aws.node_group(aws.cluster())
        names = {role["RoleName"] for role in aws.iam.list_roles(PathPrefix="/aws-service-role/")["Roles"]}
        assert {"AWSServiceRoleForAmazonEKS", "AWSServiceRoleForAmazonEKSNodegroup", "AWSServiceRoleForAutoScaling"} <= names

    def test_client_ids_of_an_oidc_provider_change(self, aws, refusal):
        tags = [{"Key": "a", "Value": "b"}]
        made = aws.iam.create_open_id_connect_provider(Url="https://oidc.example.com/id/1", ClientIDList=["x"], Tags=tags)
        assert made["Tags"] == tags
        arn = made["OpenIDConnectProviderArn"]
        aws.iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="y")
        aws.iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="x")
        assert aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["y"]
        again = refusal(aws.iam.create_open_id_connect_provider, Url="https://oidc.example.com/id/1", ClientIDList=["x"])
        assert "EntityAlreadyExists" in again

    def test_a_policy_in_use_is_not_deleted(self, aws, refusal):
        document = policy({"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"})
        arn = aws.iam.create_policy(PolicyName=aws.name("policy"), PolicyDocument=document)["Policy"]["Arn"]
        name = aws.role("ec2.amazonaws.com").rsplit("/", 1)[-1]
        aws.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        assert "DeleteConflict" in refusal(aws.iam.delete_policy, PolicyArn=arn)
        aws.iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        aws.iam.delete_policy(PolicyArn=arn)


class TestCallers:
    def test_the_caller_is_a_role_with_a_path(self, aws):
        arn = aws.client("sts").get_caller_identity()["Arn"]
        _, name, _session = arn.split(":")[5].split("/")
        assert aws.iam.get_role(RoleName=name)["Role"]["Arn"] == f"arn:aws:iam::123456789012:role/stand-in/{name}"

    def test_only_roles_that_exist_are_assumed(self, aws, refusal):
        sts = aws.client("sts")
        role = aws.role("ec2.amazonaws.com")
        keys = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        other = aws.client("sts", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"])
        assert other.get_caller_identity()["Arn"].endswith(f"assumed-role/{role.rsplit('/', 1)[-1]}/me")
        answer = refusal(sts.assume_role, RoleArn="arn:aws:iam::123456789012:role/none", RoleSessionName="me")
        assert answer.startswith("AccessDenied")

    def test_a_presigned_get_is_answered_by_sts(self, aws):
        url = aws.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            assert b"GetCallerIdentityResult" in answer.read()


class TestKeys:
    def test_a_key_policy_must_not_lock_out_its_creator(self, aws, refusal):
        role = aws.role("ec2.amazonaws.com")
        assert "update the key policy in the future" in refusal(aws.kms.create_key, Policy=policy(allow({"AWS": role})))
        assert "malformed" in refusal(aws.kms.create_key, Policy="{")

    def test_a_key_is_found_by_its_arn(self, aws):
        arn = aws.kms.create_key()["KeyMetadata"]["Arn"]
        aws.kms.disable_key(KeyId=arn)
        assert aws.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"
        aws.kms.enable_key(KeyId=arn)
        assert aws.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)["KeyState"] == "PendingDeletion"
        aws.kms.cancel_key_deletion(KeyId=arn)
        assert aws.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"

    def test_rotation_has_a_period(self, aws, refusal):
        key = aws.kms.create_key()["KeyMetadata"]["KeyId"]
        assert aws.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
        aws.kms.enable_key_rotation(KeyId=key)
        assert aws.kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
        aws.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=100)
        status = aws.kms.get_key_rotation_status(KeyId=key)
        assert status["RotationPeriodInDays"] == 100
        assert status["NextRotationDate"]
        assert "ValidationException" in refusal(aws.kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=2561)

    def test_a_key_that_is_pending_deletion_refuses_use(self, aws, refusal):
        key = aws.kms.create_key()["KeyMetadata"]
        alias = f"alias/{aws.name('pending')}"
        aws.kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
        aws.kms.schedule_key_deletion(KeyId=key["KeyId"])
        assert aws.kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyState"] == "PendingDeletion"
        for call, more in (
            (aws.kms.encrypt, {"Plaintext": b"x"}),
            (aws.kms.enable_key_rotation, {}),
            (aws.kms.enable_key, {}),
            (aws.kms.tag_resource, {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ):
            assert "KMSInvalidStateException" in refusal(call, KeyId=key["KeyId"], **more)
        assert "KMSInvalidStateException" in refusal(aws.kms.create_alias, AliasName="alias/x", TargetKeyId=key["KeyId"])
        other = aws.kms.create_key()["KeyMetadata"]["KeyId"]
        aws.kms.update_alias(AliasName=alias, TargetKeyId=other)
        assert aws.kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == other

    def test_a_disabled_key_does_not_encrypt(self, aws, refusal):
        key = aws.kms.create_key()["KeyMetadata"]["KeyId"]
        aws.kms.disable_key(KeyId=key)
        assert "DisabledException" in refusal(aws.kms.encrypt, KeyId=key, Plaintext=b"x")

    def test_a_missing_key_is_not_found(self, aws, refusal):
        assert "NotFoundException" in refusal(aws.kms.enable_key, KeyId="00000000-0000-0000-0000-000000000000")


class TestLogGroups:
    def key(self, aws, name):
        arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{name}"
        use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        of_group = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}
        service = {"Service": "logs.eu-west-1.amazonaws.com"}
        document = policy(allow({"AWS": ACCOUNT}), allow(service, use, Condition=of_group))
        return aws.kms.create_key(Policy=document)["KeyMetadata"]["Arn"]

    def test_the_key_must_let_the_service_use_it_for_this_group(self, aws, logs, refusal):
        default = aws.kms.create_key()["KeyMetadata"]["Arn"]
        assert "not allowed to be used" in refusal(logs.create_log_group, logGroupName="/t2/a", kmsKeyId=default)
        key = self.key(aws, "/t2/a*")
        logs.create_log_group(logGroupName="/t2/a", kmsKeyId=key)
        assert "not allowed to be used" in refusal(logs.create_log_group, logGroupName="/t2/b", kmsKeyId=key)
        logs.create_log_group(logGroupName="/t2/b")
        assert "not allowed to be used" in refusal(logs.associate_kms_key, logGroupName="/t2/b", kmsKeyId=key)
        logs.associate_kms_key(logGroupName="/t2/b", kmsKeyId=self.key(aws, "/t2/*"))
        logs.disassociate_kms_key(logGroupName="/t2/b")
        found = logs.describe_log_groups(logGroupNamePrefix="/t2/")["logGroups"]
        assert [group.get("kmsKeyId") for group in found] == [key, None]

    def test_retentions_are_from_a_list(self, aws, logs, refusal):
        logs.create_log_group(logGroupName="/retention", logGroupClass="INFREQUENT_ACCESS")
        logs.put_retention_policy(logGroupName="/retention", retentionInDays=1096)
        assert "InvalidParameterException" in refusal(logs.put_retention_policy, logGroupName="/retention", retentionInDays=2)
        group = logs.describe_log_groups(logGroupNamePrefix="/retention")["logGroups"][0]
        assert (group["retentionInDays"], group["logGroupClass"]) == (1096, "INFREQUENT_ACCESS")
        assert "ResourceNotFoundException" in refusal(logs.put_retention_policy, logGroupName="/none", retentionInDays=1)

    def test_tags_are_deleted_with_the_log_group(self, aws, logs):
        logs.create_log_group(logGroupName="/tags", tags={"a": "b"})
        logs.delete_log_group(logGroupName="/tags")
        logs.create_log_group(logGroupName="/tags")
        arn = logs.describe_log_groups(logGroupNamePrefix="/tags")["logGroups"][0]["logGroupArn"]
        assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}
