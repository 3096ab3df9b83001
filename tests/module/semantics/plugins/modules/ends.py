"""A module that ends as it is asked to."""

import os
import signal
import sys
import time

from ansible.module_utils.basic import AnsibleModule


def main():
    ways = ["raise", "exit", "return", "print", "fail", "warn", "sleep", "kill", "cut"]
    module = AnsibleModule(
        argument_spec={
            "way": {"choices": ways, "required": True},
            "token": {"no_log": True},
            "old": {"removed_in_version": "9.0.0", "removed_from_collection": "opta_test.semantics"},
        },
        supports_check_mode=True,
    )
    way = module.params["way"]
    if way == "raise":
        raise ValueError("raised on purpose")
    if way == "exit":
        sys.exit(3)
    if way == "return":
        return
    if way == "print":
        print("printed before the result")
        print("printed to standard error", file=sys.stderr)
    if way == "fail":
        module.fail_json(msg=f"failed with {module.params['token']}", why="on purpose")
    if way == "warn":
        module.warn("a warning")
        module.deprecate("something old", version="9.0.0", collection_name="opta_test.semantics")
    if way == "sleep":
        time.sleep(30)
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if way == "cut":
        print('{"changed": tr')
        sys.exit(0)
    module.exit_json(changed=True, token_was=module.params["token"], diff={"before": "a\n", "after": "b\n"})


if __name__ == "__main__":
    main()
