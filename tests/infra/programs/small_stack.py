"""A small stack for the life of sandboxes: a few things of AWS that lie in emulators, named and tagged before they are made."""

import pulumi
import pulumi_aws as aws


def program() -> None:
    """Make a bucket, a network and a few topics; export a plain and a secret text."""
    config = pulumi.Config()
    code = config.require("sandbox")
    tags = {
        "cloudsteps-sandbox": code,
        "cloudsteps-operation": config.get("operation") or "by-hand",
        "cloudsteps-owner": config.get("owner") or "nobody",
        "cloudsteps-expiry": config.get("expires_on") or "never",
    }
    bucket = aws.s3.Bucket("data", bucket=f"cs-{code}-data", tags=tags)
    vpc = aws.ec2.Vpc("network", cidr_block="10.20.0.0/16", tags=tags)
    aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.20.1.0/24", tags=tags)
    for number in range(int(config.get("topics") or "3")):
        aws.sns.Topic(f"topic-{number}", name=f"cs-{code}-topic-{number}", tags=tags)
    pulumi.export("bucket", bucket.bucket)
    pulumi.export("password", pulumi.Output.secret(f"hush-{code}"))
