"""Small stacks for the life of sandboxes: a few things that lie in emulators, named and tagged before they are made."""

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp

TAGS = ("sandbox", "operation", "owner", "expires_on")


def on_aws() -> None:
    """Make a bucket, a network without a name of its own, and a few topics; export a plain and a secret text."""
    config = pulumi.Config()
    code, tags = config.require("sandbox"), _tags(config)
    bucket = aws.s3.Bucket("data", bucket=f"cs-{code}-data", tags=tags)
    vpc = aws.ec2.Vpc("network", cidr_block="10.20.0.0/16", tags=tags)
    aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.20.1.0/24", tags=tags)
    aws.sns.Topic("topic", name=f"cs-{code}-topic", tags=tags)
    _export(code, bucket.bucket)


def on_gcp() -> None:
    """Make buckets one after the other, and a secret that is only recorded; export a plain and a secret text."""
    config = pulumi.Config()
    code, labels = config.require("sandbox"), _tags(config)
    before: gcp.storage.Bucket | None = None
    for number in range(3):
        before = gcp.storage.Bucket(
            f"data-{number}",
            name=f"cs-{code}-data-{number}",
            location="asia-east1",
            labels=labels,
            opts=pulumi.ResourceOptions(depends_on=[before] if before else []),
        )
    gcp.secretmanager.Secret("words", secret_id=f"cs-{code}-words", replication={"auto": {}}, labels=labels)
    _export(code, before.name if before else "")


def _tags(config: pulumi.Config) -> dict[str, str]:
    names = {"sandbox": "sandbox", "operation": "operation", "owner": "owner", "expires_on": "expiry"}
    return {f"cloudsteps-{names[name]}": config.get(name) or "none" for name in TAGS}


def _export(code: str, bucket: pulumi.Input[str]) -> None:
    pulumi.export("bucket", bucket)
    pulumi.export("password", pulumi.Output.secret(f"hush-{code}"))
