"""A rated product: record, design, maps, control law, calibration and the compiled performance surface."""
