"""Mutants of SM-1: messages to oneself."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_machine = partial(Mutant, file="reference/stallproof/machines/self_message.py")
in_driver = partial(Mutant, file="reference/stallproof/drivers/self_message.py")
DRIVEN = "test:tests/drivers/test_self_message.py::"
ALIKE = f"{DRIVEN}test_the_result_is_the_same_here_and_over_a_connection"

MUTANTS = (
    in_driver(
        id="a_message_to_oneself_is_sent",
        says="a message to oneself goes through the blocking send, as it once did in the origin",
        breaks=("SM-1.1",),
        caught_by=(f"{DRIVEN}test_the_only_worker_of_a_process_may_write_to_itself",),
        old="self.answer(request) if is_own else self._send(to, request)",
        new="self._send(to, request)",
    ),
    in_machine(
        id="everything_is_sent",
        says="nobody is told apart from the others, and every message is sent",
        breaks=("SM-1.1",),
        caught_by=("proof:sm1_what_is_to_oneself_is_not_sent",),
        old="    return Way.LOCAL if to in names else Way.SEND\n",
        new="    return Way.SEND\n",
    ),
    in_machine(
        id="an_alias_is_somebody_else",
        says="only the name of the process counts, and a message to its alias is sent",
        breaks=("SM-1.1",),
        caught_by=("oracle:SM-1", "vectors:SM-1"),
        old="Decision(way_of(names, to), ",
        new="Decision(way_of(names[:1], to), ",
    ),
    in_machine(
        id="a_name_is_compared_by_its_beginning",
        says="a name that begins with an own one is taken for it",
        breaks=("SM-1.2",),
        caught_by=("oracle:SM-1",),
        old="Decision(way_of(names, to), ",
        new="Decision(way_of([to if to.startswith(one) else one for one in names], to), ",
    ),
    in_machine(
        id="a_message_of_somebody_else_goes_on",
        says="a message to an own name is sent when it is from somebody else",
        breaks=("SM-1.1",),
        caught_by=("oracle:SM-1",),
        old="Decision(way_of(names, to), ",
        new="Decision(way_of(names, to) if sender in names else Way.SEND, ",
    ),
    in_machine(
        id="a_local_failure_is_another_one",
        says="a topic that nobody handles is a failure of its handler when it is one's own",
        breaks=("SM-1.3",),
        caught_by=("proof:sm1_the_result_is_the_same_on_either_way", "oracle:SM-1"),
        old='handlers.get(topic, ("unhandled", topic))',
        new='handlers.get(topic, ("raised" if to in names else "unhandled", topic))',
    ),
    in_driver(
        id="a_local_handler_raises_through",
        says="what a handler raises comes through as it is when it runs here",
        breaks=("SM-1.3",),
        caught_by=(ALIKE,),
        old="        reply = self.answer(request)",
        new=(
            "        if is_own and topic in self._handlers:\n"
            "            return self._handlers[topic](message)\n"
            "        reply = self.answer(request)"
        ),
    ),
    in_driver(
        id="the_sender_is_lost_on_the_way",
        says="a message that is passed on has the sender of whoever passes it on, when it is sent",
        breaks=("SM-1.3",),
        caught_by=(ALIKE,),
        old="        request = msgspec.msgpack.encode(message)\n",
        new=(
            "        if way_of(self._names, to) is Way.SEND:\n"
            "            message = Message(self._names[0], to, topic, payload)\n"
            "        request = msgspec.msgpack.encode(message)\n"
        ),
    ),
)
