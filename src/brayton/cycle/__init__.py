"""One function per process (compress, recuperate, burn, expand) and the cycle that they make."""
