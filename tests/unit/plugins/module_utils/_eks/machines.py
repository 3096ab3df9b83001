"""EC2 as far as the instance types and the images of node groups go."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._eks.hardware import Hardware


class Machines:
    """Instance types with a g before the dot are of ARM, and so are images. asked: the names of each question."""

    def __init__(self):
        self.asked = []

    def get_paginator(self, operation):
        assert operation == "describe_instance_types"
        return self

    def paginate(self, Filters):
        self.asked.append(Filters[0]["Values"])
        return self

    def build_full_result(self):
        processors = {name: "arm64" if "g." in name else "x86_64" for name in self.asked[-1]}
        return {"InstanceTypes": [{"InstanceType": n, "ProcessorInfo": {"SupportedArchitectures": [p]}} for n, p in processors.items()]}

    def describe_images(self, ImageIds):
        return {"Images": [{"ImageId": ImageIds[0], "Architecture": "arm64"}]}


def hardware(image_id=None):
    machines = Machines()
    return Hardware(lambda: machines, image_id)
