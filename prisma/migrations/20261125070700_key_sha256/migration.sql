-- AlterTable. Releases before this one read `salt` and `hash`: the zeros are the scrypt of no secret.
ALTER TABLE "api_key_secrets" ADD COLUMN     "sha256" BYTEA,
ALTER COLUMN "salt" SET DEFAULT uuid_send(gen_random_uuid()),
ALTER COLUMN "hash" SET DEFAULT decode(repeat('00', 32), 'hex');
