"""What can be measured, as jobs; which designs there are; and what was measured before."""
