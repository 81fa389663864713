"""A program with every AWS type that the practice cloud emulates, each set as the stacks would."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

TAGS = {"cloudsteps-sandbox": "everything", "cloudsteps-operation": "1"}
HERE = "ap-northeast-1"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def program(operation: str = "1") -> None:
    tags = {**TAGS, "cloudsteps-operation": operation}
    parts = network(tags)
    key = keys(tags)
    topic = messages(tags, key)
    bucket = storage(tags, key)
    database(tags, parts, key)
    role = identities(tags)
    backups(tags, key)
    balancer, target, group = front(tags, parts)
    containers(tags, parts, role, target, group)
    watching(tags, topic, bucket)
    guarding(tags, balancer)
    pulumi.export("address", balancer.dns_name)
    pulumi.export("bucket", bucket.bucket)


def network(tags: dict[str, str]) -> dict[str, Any]:
    zones = aws.get_availability_zones(state="available").names
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, enable_dns_support=True, tags=tags)
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=tags)
    subnets = [
        aws.ec2.Subnet(
            f"public-{at}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{at}.0/24",
            availability_zone=zones[at],
            map_public_ip_on_launch=True,
            tags=tags,
        )
        for at in (0, 1)
    ]
    table = aws.ec2.RouteTable("public", vpc_id=vpc.id, tags=tags)
    aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    for at, subnet in enumerate(subnets):
        aws.ec2.RouteTableAssociation(f"public-{at}", subnet_id=subnet.id, route_table_id=table.id)
    address = aws.ec2.Eip("nat", domain="vpc", tags=tags)
    aws.ec2.NatGateway("nat", allocation_id=address.id, subnet_id=subnets[0].id, tags=tags)
    group = aws.ec2.SecurityGroup(
        "group",
        vpc_id=vpc.id,
        description="What may come in",
        ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}],
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
        tags=tags,
    )
    data = aws.ec2.SecurityGroup("data", vpc_id=vpc.id, description="Data", tags=tags)
    aws.vpc.SecurityGroupIngressRule(
        "data-in",
        security_group_id=data.id,
        ip_protocol="tcp",
        from_port=5432,
        to_port=5432,
        referenced_security_group_id=group.id,
        tags=tags,
    )
    aws.vpc.SecurityGroupEgressRule(
        "data-out", security_group_id=data.id, ip_protocol="-1", cidr_ipv4="10.0.0.0/16", tags=tags
    )
    aws.ec2.VpcEndpoint(
        "s3",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{HERE}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id],
        tags=tags,
    )
    return {"vpc": vpc, "subnet-0": subnets[0], "subnet-1": subnets[1], "group": group, "data": data}


def keys(tags: dict[str, str]) -> aws.kms.Key:
    key = aws.kms.Key(
        "key", description="Data", enable_key_rotation=True, deletion_window_in_days=7, policy=allow("kms:*"), tags=tags
    )
    aws.kms.Alias("alias", name="alias/everything", target_key_id=key.key_id)
    secret = aws.secretsmanager.Secret("secret", kms_key_id=key.arn, recovery_window_in_days=0, tags=tags)
    aws.secretsmanager.SecretVersion("secret", secret_id=secret.id, secret_string="not a secret")
    aws.secretsmanager.SecretPolicy("secret", secret_arn=secret.arn, policy=allow("secretsmanager:GetSecretValue"))
    aws.ssm.Parameter("parameter", type="String", value="1", tags=tags)
    return key


def messages(tags: dict[str, str], key: aws.kms.Key) -> aws.sns.Topic:
    topic = aws.sns.Topic("alarms", kms_master_key_id=key.id, display_name="Alarms", tags=tags)
    aws.sns.TopicPolicy("alarms", arn=topic.arn, policy=allow("sns:Publish"))
    aws.sns.TopicSubscription("alarms", topic=topic.arn, protocol="email", endpoint="duty@example.com")
    aws.sqs.Queue("jobs", visibility_timeout_seconds=60, message_retention_seconds=86400, tags=tags)
    return topic


def storage(tags: dict[str, str], key: aws.kms.Key) -> aws.s3.Bucket:
    bucket = aws.s3.Bucket("data", object_lock_enabled=True, force_destroy=True, tags=tags)
    versioning = aws.s3.BucketVersioning("data", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketServerSideEncryptionConfiguration(
        "data",
        bucket=bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
                "bucket_key_enabled": True,
            }
        ],
    )
    aws.s3.BucketPublicAccessBlock(
        "data",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketOwnershipControls("data", bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"})
    aws.s3.BucketPolicy("data", bucket=bucket.id, policy=allow("s3:GetObject"))
    after = pulumi.ResourceOptions(depends_on=[versioning])
    aws.s3.BucketObjectLockConfiguration(
        "data", bucket=bucket.id, rule={"default_retention": {"mode": "GOVERNANCE", "days": 1}}, opts=after
    )
    aws.s3.BucketLifecycleConfiguration(
        "data",
        bucket=bucket.id,
        rules=[
            {
                "id": "old",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "noncurrent_version_expiration": {"noncurrent_days": 30},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        opts=after,
    )
    aws.s3.BucketCorsConfiguration(
        "data",
        bucket=bucket.id,
        cors_rules=[{"allowed_methods": ["GET"], "allowed_origins": ["https://example.com"], "max_age_seconds": 60}],
    )
    logs = aws.s3.Bucket("logs", force_destroy=True, tags=tags)
    delivery = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "*",
    }
    document = logs.arn.apply(
        lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [{**delivery, "Resource": f"{arn}/*"}]})
    )
    allowed = aws.s3.BucketPolicy("logs", bucket=logs.id, policy=document)
    aws.s3.BucketLogging(
        "data",
        bucket=bucket.id,
        target_bucket=logs.id,
        target_prefix="data/",
        opts=pulumi.ResourceOptions(depends_on=[allowed]),
    )
    aws.s3.BucketObjectv2("readme", bucket=bucket.id, key="讀我.txt", content="Hello", opts=after)
    return bucket


def database(tags: dict[str, str], parts: dict[str, Any], key: aws.kms.Key) -> None:
    subnets = aws.rds.SubnetGroup("database", subnet_ids=[parts["subnet-0"].id, parts["subnet-1"].id], tags=tags)
    settings = aws.rds.ParameterGroup(
        "database", family="postgres16", parameters=[{"name": "rds.force_ssl", "value": "1"}], tags=tags
    )
    aws.rds.Instance(
        "database",
        engine="postgres",
        engine_version="16.3",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        db_name="app",
        username="app",
        manage_master_user_password=True,
        db_subnet_group_name=subnets.name,
        parameter_group_name=settings.name,
        vpc_security_group_ids=[parts["data"].id],
        multi_az=True,
        storage_encrypted=True,
        kms_key_id=key.arn,
        backup_retention_period=7,
        backup_window="18:00-18:30",
        copy_tags_to_snapshot=True,
        deletion_protection=False,
        skip_final_snapshot=True,
        apply_immediately=True,
        tags=tags,
    )


def identities(tags: dict[str, str]) -> aws.iam.Role:
    role = aws.iam.Role("task", assume_role_policy=trust("ecs-tasks.amazonaws.com"), description="Task", tags=tags)
    aws.iam.RolePolicy("task", role=role.id, policy=allow("s3:PutObject"))
    policy = aws.iam.Policy("read", policy=allow("s3:GetObject"), tags=tags)
    aws.iam.RolePolicyAttachment("read", role=role.name, policy_arn=policy.arn)
    aws.iam.RolePolicyAttachment(
        "run", role=role.name, policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    )
    aws.iam.OpenIdConnectProvider(
        "ci",
        url="https://token.example.com",
        client_id_lists=["sts.amazonaws.com"],
        thumbprint_lists=["0" * 40],
        tags=tags,
    )
    user = aws.iam.User("writer", tags=tags)
    aws.iam.UserPolicy("writer", user=user.name, policy=allow("s3:PutObject"))
    aws.iam.InstanceProfile("profile", role=role.name)
    return role


def backups(tags: dict[str, str], key: aws.kms.Key) -> None:
    vault = aws.backup.Vault("vault", kms_key_arn=key.arn, tags=tags)
    aws.backup.VaultLockConfiguration(
        "vault", backup_vault_name=vault.name, min_retention_days=1, max_retention_days=30
    )
    plan = aws.backup.Plan(
        "plan",
        rules=[
            {
                "rule_name": "daily",
                "target_vault_name": vault.name,
                "schedule": "cron(0 18 * * ? *)",
                "start_window": 60,
                "completion_window": 180,
                "lifecycle": {"delete_after": 7},
            }
        ],
        tags=tags,
    )
    aws.backup.Selection("plan", plan_id=plan.id, iam_role_arn="arn:aws:iam::123456789012:role/x", resources=["*"])


def front(tags: dict[str, str], parts: dict[str, Any]) -> tuple[Any, ...]:
    balancer = aws.lb.LoadBalancer(
        "front",
        load_balancer_type="application",
        security_groups=[parts["group"].id],
        subnets=[parts["subnet-0"].id, parts["subnet-1"].id],
        drop_invalid_header_fields=True,
        idle_timeout=90,
        tags=tags,
    )
    group = aws.lb.TargetGroup(
        "app",
        port=8000,
        protocol="HTTP",
        target_type="ip",
        vpc_id=parts["vpc"].id,
        deregistration_delay=30,
        health_check={"path": "/healthz", "matcher": "200", "interval": 15, "timeout": 5, "healthy_threshold": 2},
        tags=tags,
    )
    certificate = aws.acm.Certificate("front", domain_name="app.example.com", validation_method="DNS", tags=tags)
    zone = aws.route53.Zone("zone", name="example.com", comment="Practice", tags=tags)
    option = certificate.domain_validation_options[0]
    record = aws.route53.Record(
        "proof",
        zone_id=zone.zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=60,
    )
    proved = aws.acm.CertificateValidation(
        "front", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn]
    )
    aws.route53.Record(
        "front",
        zone_id=zone.zone_id,
        name="app.example.com",
        type="A",
        aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
    )
    aws.route53.HealthCheck(
        "front",
        type="HTTPS",
        fqdn="app.example.com",
        port=443,
        resource_path="/healthz",
        request_interval=30,
        failure_threshold=3,
        tags=tags,
    )
    listener = aws.lb.Listener(
        "https",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificate_arn=proved.certificate_arn,
        default_actions=[{"type": "forward", "target_group_arn": group.arn}],
        tags=tags,
    )
    aws.lb.Listener(
        "http",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
        ],
        tags=tags,
    )
    aws.lb.ListenerRule(
        "tenant",
        listener_arn=listener.arn,
        priority=10,
        conditions=[{"host_header": {"values": ["*.example.com"]}}],
        actions=[{"type": "forward", "target_group_arn": group.arn}],
        tags=tags,
    )
    return balancer, group, listener


def containers(
    tags: dict[str, str],
    parts: dict[str, Any],
    role: aws.iam.Role,
    target: aws.lb.TargetGroup,
    listener: aws.lb.Listener,
) -> None:
    images = aws.ecr.Repository(
        "app",
        image_scanning_configuration={"scan_on_push": True},
        image_tag_mutability="IMMUTABLE",
        force_delete=True,
        tags=tags,
    )
    rule = {"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9}}
    aws.ecr.LifecyclePolicy(
        "app", repository=images.name, policy=json.dumps({"rules": [{**rule, "action": {"type": "expire"}}]})
    )
    cluster = aws.ecs.Cluster("app", settings=[{"name": "containerInsights", "value": "enabled"}], tags=tags)
    aws.ecs.ClusterCapacityProviders(
        "app",
        cluster_name=cluster.name,
        capacity_providers=["FARGATE"],
        default_capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
    )
    container = {"name": "app", "image": "example/app:1", "essential": True, "portMappings": [{"containerPort": 8000}]}
    task = aws.ecs.TaskDefinition(
        "app",
        family="app",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        task_role_arn=role.arn,
        container_definitions=json.dumps([container]),
        tags=tags,
    )
    service = aws.ecs.Service(
        "app",
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=2,
        launch_type="FARGATE",
        health_check_grace_period_seconds=60,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        network_configuration={
            "subnets": [parts["subnet-0"].id, parts["subnet-1"].id],
            "security_groups": [parts["group"].id],
            "assign_public_ip": False,
        },
        load_balancers=[{"target_group_arn": target.arn, "container_name": "app", "container_port": 8000}],
        tags=tags,
        opts=pulumi.ResourceOptions(depends_on=[listener]),
    )
    scaled = aws.appautoscaling.Target(
        "app",
        service_namespace="ecs",
        resource_id=pulumi.Output.concat("service/", cluster.name, "/", service.name),
        scalable_dimension="ecs:service:DesiredCount",
        min_capacity=2,
        max_capacity=6,
    )
    aws.appautoscaling.Policy(
        "app",
        policy_type="TargetTrackingScaling",
        service_namespace=scaled.service_namespace,
        resource_id=scaled.resource_id,
        scalable_dimension=scaled.scalable_dimension,
        target_tracking_scaling_policy_configuration={
            "target_value": 60,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            "scale_in_cooldown": 300,
            "scale_out_cooldown": 60,
        },
    )
    nightly = aws.cloudwatch.EventRule("nightly", schedule_expression="cron(0 18 * * ? *)", tags=tags)
    aws.cloudwatch.EventTarget(
        "nightly",
        rule=nightly.name,
        arn=cluster.arn,
        role_arn=role.arn,
        ecs_target={"task_definition_arn": task.arn, "task_count": 1, "launch_type": "FARGATE"},
    )
    aws.scheduler.Schedule(
        "copy",
        schedule_expression="rate(1 days)",
        flexible_time_window={"mode": "OFF"},
        target={
            "arn": cluster.arn,
            "role_arn": role.arn,
            "ecs_parameters": {"task_definition_arn": task.arn, "launch_type": "FARGATE"},
        },
    )


def watching(tags: dict[str, str], topic: aws.sns.Topic, bucket: aws.s3.Bucket) -> None:
    logs = aws.cloudwatch.LogGroup("app", retention_in_days=30, tags=tags)
    aws.cloudwatch.LogMetricFilter(
        "errors",
        log_group_name=logs.name,
        pattern="ERROR",
        metric_transformation={"name": "Errors", "namespace": "App", "value": "1"},
    )
    alarm = aws.cloudwatch.MetricAlarm(
        "errors",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=2,
        metric_name="Errors",
        namespace="App",
        period=60,
        statistic="Sum",
        threshold=5,
        dimensions={"Bucket": bucket.bucket},
        alarm_actions=[topic.arn],
        tags=tags,
    )
    burn = aws.cloudwatch.MetricAlarm(
        "burn",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        threshold=14.4,
        metric_queries=[
            {"id": "burn", "expression": "errors / requests", "label": "Burn", "return_data": True},
            {"id": "errors", "metric": {"metric_name": "Errors", "namespace": "App", "period": 300, "stat": "Sum"}},
            {"id": "requests", "metric": {"metric_name": "Requests", "namespace": "App", "period": 300, "stat": "Sum"}},
        ],
        alarm_actions=[topic.arn],
        tags=tags,
    )
    aws.cloudwatch.CompositeAlarm(
        "both",
        alarm_name="everything-both",
        alarm_rule=pulumi.Output.format("ALARM({0}) AND ALARM({1})", alarm.name, burn.name),
        tags=tags,
    )
    aws.cloudwatch.Dashboard("app", dashboard_name="everything", dashboard_body=json.dumps({"widgets": []}))


def guarding(tags: dict[str, str], balancer: aws.lb.LoadBalancer) -> None:
    visible = {"cloudwatch_metrics_enabled": True, "metric_name": "waf", "sampled_requests_enabled": True}
    office = aws.wafv2.IpSet(
        "office", scope="REGIONAL", ip_address_version="IPV4", addresses=["192.0.2.0/24"], tags=tags
    )
    firewall = aws.wafv2.WebAcl(
        "firewall",
        scope="REGIONAL",
        default_action={"allow": {}},
        visibility_config=visible,
        rules=[
            {
                "name": "common",
                "priority": 1,
                "override_action": {"none": {}},
                "statement": {
                    "managed_rule_group_statement": {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}
                },
                "visibility_config": visible,
            },
            {
                "name": "office",
                "priority": 2,
                "action": {"allow": {}},
                "statement": {"ip_set_reference_statement": {"arn": office.arn}},
                "visibility_config": visible,
            },
        ],
        tags=tags,
    )
    aws.wafv2.WebAclAssociation("firewall", web_acl_arn=firewall.arn, resource_arn=balancer.arn)
    aws.budgets.Budget(
        "budget",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="100",
        limit_unit="USD",
        cost_filters=[{"name": "TagKeyValue", "values": ["user:cloudsteps-sandbox$everything"]}],
        notifications=[
            {
                "comparison_operator": "GREATER_THAN",
                "threshold": 80,
                "threshold_type": "PERCENTAGE",
                "notification_type": "FORECASTED",
                "subscriber_email_addresses": ["owner@example.com"],
            }
        ],
    )
