"""The engine alone, for the limit of `benchmarks.sandboxes`: one `up`, or `destroy`, of one template."""

import importlib
import json
import sys
from pathlib import Path

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.run import StackSettings, open_stack
from infra_templates.practice.supervisor import state_in


def main() -> int:
    told = json.loads(sys.argv[1])
    folder = Path(told["cloud"])
    state = state_in(folder)
    if state is None:
        return 1
    cloud = PracticeCloud(folder, state)
    program = importlib.import_module(f"infra_templates.stacks.{told['template']}.program").program
    settings = StackSettings(
        Path(told["folder"]), project=told["template"], config=told["config"], packages=told["packages"]
    )
    with cloud.providers(settings.packages) as attached:
        stack = open_stack(program, settings, attached)
        if sys.argv[2:] == ["destroy"]:
            stack.destroy()
        else:
            stack.up()
            stack.outputs()
    return 0


if __name__ == "__main__":
    sys.exit(main())
