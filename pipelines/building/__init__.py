"""From a genome to a scikit-learn estimator, or to the source of one."""
