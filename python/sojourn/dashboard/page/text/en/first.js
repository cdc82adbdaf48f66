// @ts-check
export default {
  "first.atom": "More about it",
  "first.cause": "asked for on the first page",
  "first.count.see":
    "it prints a number each second. Move it to another node: it goes on with the next number, as if nothing had been.",
  "first.count.title": "A counter that you move",
  "first.count.what": "A program counts in a plain variable. It knows nothing of moving, and stores nothing anywhere.",
  "first.failed": "{part} did not start: {reason}",
  "first.lead": {
    one: "This realm has {count} node, and nothing runs on it yet.",
    other: "This realm has {count} nodes, and nothing runs on them yet.",
  },
  "first.lead.running": { one: "In this realm runs {count} atom.", other: "In this realm run {count} atoms." },
  "first.lead.three":
    "Here are three programs to try. Each is a small WebAssembly module that comes with this page and starts in a moment.",
  "first.map": "See it on the map",
  "first.missing": "The file {file} is missing beside this page.",
  "first.move": "Move it to {node}",
  "first.move.none": "Move it",
  "first.moved": "It is on {node} now, and stood still for {down}.",
  "first.no-node":
    "No node takes atoms at the moment. `sojourn up` starts a realm with three, `sojourn node` one more.",
  "first.nowhere": "Off: there is no other node that takes atoms.",
  "first.on": "on {node}",
  "first.over": "Off: it does not run any more.",
  "first.own": "You have a module of your own?",
  "first.own.start": "Drop it on the page and start it.",
  "first.runs": "The program {name} runs.",
  "first.says": "What {atom} says",
  "first.see": "What you will see:",
  "first.silent": "It has said nothing yet …",
  "first.start": "Start it",
  "first.starting": "Starting …",
  "first.stop": "Stop it",
  "first.talk.see":
    "the two answer each other once a second, and every now and then one hops to another node. No message is lost, none comes twice.",
  "first.talk.title": "Two who talk and hop",
  "first.talk.what":
    "Ada asks, Bob answers. Neither likes to stay where it is, so the realm keeps moving them while they talk.",
  "first.title": "Welcome to the continuum",
  "first.work.see":
    "a worker on each node takes tasks out of one bag. Move the bag, or drain a node: the work goes on, and every task is done once.",
  "first.work.title": "A bag of work on all nodes",
  "first.work.what": "A bag gives out thousands of small tasks, and workers look for prime numbers until it is empty.",
};
