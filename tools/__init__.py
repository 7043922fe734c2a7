"""Files written whole or not at all, child processes, parallel work, Yosys. Nothing here knows multiplication."""
