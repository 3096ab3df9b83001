"""The emulated AWS: moto behind one lock, and beside it what moto lacks, refuses too little of, or does at once.

A handler is registered for one operation (operations.answers) and gets a Call with parameters in botocore's shape. It answers a dict in
the shape of the operation's output, raises AwsError, or asks moto (Call.moto) and amends its answer. What has no handler goes to moto.
"""
