"""The office's own work in the console: alignment, instructions, study, rectification, integrity, appraisal."""
