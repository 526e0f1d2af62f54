"""Mutants of MD-1: a job's metadata."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_job_metadata = partial(Mutant, file="reference/stallproof/machines/job_metadata.py")
TOLD = "test:tests/machines/test_job_metadata.py::test_the_first_mistake_is_told"

MUTANTS = (
    in_job_metadata(
        id="no_list_is_told_without_its_name",
        says="what is missing is not said",
        breaks=("MD-1.4",),
        caught_by=("oracle:MD-1",),
        old='return f"the metadata have no {FIELD}"',
        new='return "invalid input"',
    ),
    in_job_metadata(
        id="what_the_metadata_ought_to_be_is_not_said",
        says="it is not said what was expected",
        breaks=("MD-1.4",),
        caught_by=("vectors:MD-1",),
        old='f"the metadata of a job are an object, and not {kind_of(metadata)}"',
        new='f"bad metadata: {kind_of(metadata)}"',
    ),
    in_job_metadata(
        id="what_is_wrong_is_accepted_all_the_same",
        says="the mistake is told, and the job goes on with nobody",
        breaks=("MD-1.1",),
        caught_by=("proof:md1_what_is_no_mapping_is_refused",),
        old="MetadataDecision(Action.REFUSE, (), reason)",
        new="MetadataDecision(Action.ACCEPT, (), reason)",
    ),
    in_job_metadata(
        id="a_text_is_a_list_of_its_letters",
        says="a text is taken for a list of names",
        breaks=("MD-1.1",),
        caught_by=(TOLD,),
        old="    if not isinstance(names, (list, tuple)):\n",
        new="    if not isinstance(names, (list, tuple, str)):\n",
    ),
    in_job_metadata(
        id="only_the_first_name_is_looked_at",
        says="what follows the first name may be anything",
        breaks=("MD-1.1",),
        caught_by=("proof:md1_a_list_is_accepted_as_far_as_it_has_names",),
        old="enumerate(map(name_in, names))",
        new="enumerate(map(name_in, names[:1]))",
    ),
    in_job_metadata(
        id="no_name_is_a_name",
        says="an empty text is taken for a name",
        breaks=("MD-1.2",),
        caught_by=(TOLD,),
        old='not isinstance(name, str) or not name.strip(" ")',
        new='not isinstance(name, str) or not (name.strip(" ") or name == "")',
    ),
    in_job_metadata(
        id="a_client_is_only_its_name",
        says="an object with a name, as the origin writes it, is no client",
        breaks=("MD-1.3",),
        caught_by=("oracle:MD-1", "vectors:MD-1"),
        old='client.get("name", client) if isinstance(client, dict) else client',
        new="client",
    ),
    in_job_metadata(
        id="a_name_may_stand_twice",
        says="a client is accepted twice",
        breaks=("MD-1.2",),
        caught_by=(TOLD,),
        old="        if name in seen:\n",
        new="        if name is None:\n",
    ),
    in_job_metadata(
        id="a_blank_is_a_name",
        says="a text of spaces is taken for a name",
        breaks=("MD-1.2",),
        caught_by=(TOLD,),
        old='not isinstance(name, str) or not name.strip(" ")',
        new="not isinstance(name, str) or not name",
    ),
)
