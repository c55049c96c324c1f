-- Jobs that compute with TensorFlow do so on CPUs, too: the class has the name of the work.
ALTER TYPE "resource_class" RENAME VALUE 'gpu' TO 'tensor';
