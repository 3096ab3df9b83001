"""A module that shows what it sees around it, and spoils it for whoever comes next in the same process."""

import os
import sys

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"default": {}, "number": {"type": "int"}}, supports_check_mode=True)
    mask = os.umask(0o077)
    seen = {
        "check_mode": module.check_mode,
        "diff_mode": module._diff,
        "default": module.params["default"],
        "number": module.params["number"],
        "variable": os.environ.get("OF_THE_TASK"),
        "spoilt": os.environ.get("SPOILT"),
        "directory": os.getcwd(),
        "umask": mask,
        "arguments": len(sys.argv),
        "module": module._name,
        "warned_before": module.params["number"] == 2 and bool(os.environ.get("SPOILT")),
    }
    os.environ["SPOILT"] = "yes"
    os.chdir("/")
    module.exit_json(changed=False, seen=seen, ansible_facts={"fact_of_the_module": module.params["number"]})


if __name__ == "__main__":
    main()
