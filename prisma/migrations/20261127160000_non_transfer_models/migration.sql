-- Models that an attack must not transfer to: the role has another name, which keys of jobs do not show.
UPDATE job_edges SET role = 'nonTransferModels' WHERE role = 'unmovedModels';
