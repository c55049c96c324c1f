import type { Access } from './access.js';
import { appendAudit, listAudit } from './audit.js';
import type { Database } from './database.js';
import { createKey, listKeys, revokeKey, rotateKey } from './keys.js';
import { createProject, listProjects, setLimits } from './projects.js';
import { listRefusals, recordRefusals } from './refusals.js';
import { verifyKey } from './verify-key.js';

export function openAccess(db: Database): Access {
  return {
    listProjects: (project) => listProjects(db, project),
    createProject: (id, limits) => createProject(db, id, limits),
    setLimits: (id, limits) => setLimits(db, id, limits),
    listKeys: (project) => listKeys(db, project),
    createKey: (key) => createKey(db, key),
    rotateKey: (id, graceSeconds, project) => rotateKey(db, id, graceSeconds, project),
    revokeKey: (id, project) => revokeKey(db, id, project),
    verifyKey: (apiKey) => verifyKey(db, apiKey),
    appendAudit: (entry) => appendAudit(db, entry),
    recordRefusals: (refusals) => recordRefusals(db, refusals),
    listRefusals: ({ limit }) => listRefusals(db, limit),
    listAudit: (query) => listAudit(db, query),
  };
}
