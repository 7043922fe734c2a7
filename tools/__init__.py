"""Files written whole or not at all, child processes, parallel jobs, their cache, and Yosys. No arithmetic."""
