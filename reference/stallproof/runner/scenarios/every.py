"""All scenarios, apart from what plays them: who only reads about them starts none."""

from stallproof.runner.scenarios.beating import BEATING
from stallproof.runner.scenarios.configuring import CONFIGURING
from stallproof.runner.scenarios.deciding import DECIDING
from stallproof.runner.scenarios.monitoring import MONITORING
from stallproof.runner.scenarios.peers import PEERS
from stallproof.runner.scenarios.secure import SECURE
from stallproof.runner.scenarios.sending import SENDING
from stallproof.runner.scenarios.sharing import SHARING
from stallproof.runner.scenarios.streaming import STREAMING
from stallproof.runner.scenarios.suspending import SUSPENDING
from stallproof.runner.scenarios.ticking import TICKING

SCENARIOS = (
    *SENDING,
    *PEERS,
    *SHARING,
    *SECURE,
    *MONITORING,
    *TICKING,
    *BEATING,
    *STREAMING,
    *SUSPENDING,
    *CONFIGURING,
    *DECIDING,
)
