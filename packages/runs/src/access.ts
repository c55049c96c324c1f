import type { Page, PageQuery } from './cursor.js';

/** What a key may do; each includes those before it. */
export const keyScopes = ['read', 'submit', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** null is no limit. */
export interface ProjectLimits {
  maxRunningExperiments: number | null;
  /** Jobs not yet done that its experiments need. */
  maxOpenJobs: number | null;
  /** Of artifacts that its experiments hold; reached, nothing new is begun. */
  maxStoredBytes: number | null;
  maxRunningJobs: number | null;
  maxStartsPerMinute: number | null;
  /** Of one attempt; beyond it the job fails. */
  maxJobDurationMs: number | null;
  /** Twice the share, twice the workers when they are scarce. */
  share: number;
}

export interface ProjectView {
  id: string;
  limits: ProjectLimits;
  createdAt: string;
}

export interface NewKey {
  name: string;
  scope: KeyScope;
  /** null only for an administrator of all projects. */
  projectId: string | null;
  /** null: as the service allows every key. */
  requestsPerMinute: number | null;
  expiresAt: string | null;
}

export interface KeyView extends NewKey {
  /** The public part of the key. */
  id: string;
  createdAt: string;
  revokedAt: string | null;
  /** To the minute or so. */
  lastUsedAt: string | null;
  /** Until when the secret before the last rotation is still taken; null if there is none. */
  oldSecretValidUntil: string | null;
}

/** Told once, when it is made: only its hash is stored. */
export interface KeyWithSecret {
  key: KeyView;
  /** `tgt_<id>_<secret>` */
  apiKey: string;
}

/** What a request may do that carries the key. */
export type VerifiedKey = Pick<KeyView, 'id' | 'projectId' | 'scope' | 'requestsPerMinute'>;

export interface NewAuditEntry {
  /** As presented, verified or not; null without a key. */
  keyId: string | null;
  projectId: string | null;
  /** The operationId of the route. */
  action: string;
  target: string | null;
  status: number;
  requestId: string;
  address: string;
}

export interface AuditView extends NewAuditEntry {
  id: string;
  at: string;
}

/** Requests that no key vouches for and that were refused: counted, not listed, since anybody can send them. */
export interface RefusalView {
  minute: string;
  address: string;
  status: number;
  requests: number;
  /** One that was presented, unproven; null if none was. */
  keyId: string | null;
  /** The operationId of one of the routes. */
  action: string;
}

/** `project`: only this one's; null: every project's. */
export interface Access {
  listProjects(project: string | null): Promise<ProjectView[]>;
  /** @throws CONFLICT if there is one of that id */
  createProject(id: string, limits: ProjectLimits): Promise<ProjectView>;
  /** @throws NOT_FOUND */
  setLimits(id: string, limits: Partial<ProjectLimits>): Promise<ProjectView>;

  listKeys(project: string | null): Promise<KeyView[]>;
  /** @throws NOT_FOUND without such a project */
  createKey(key: NewKey): Promise<KeyWithSecret>;
  /** A new secret; the old one is valid for so long yet. @throws NOT_FOUND, CONFLICT if it is revoked */
  rotateKey(id: string, graceSeconds: number, project: string | null): Promise<KeyWithSecret>;
  /** Revoking twice is fine. @throws NOT_FOUND */
  revokeKey(id: string, project: string | null): Promise<KeyView>;
  /** Checks a key that a request carries, and notes that it was used. @throws UNAUTHENTICATED */
  verifyKey(apiKey: string): Promise<VerifiedKey>;

  appendAudit(entry: NewAuditEntry): Promise<void>;
  /** Kept for a week. */
  recordRefusals(refusals: RefusalView[]): Promise<void>;
  /** Newest first. */
  listRefusals(query: { limit: number }): Promise<RefusalView[]>;
  /** Newest first. */
  listAudit(query: PageQuery & { project: string | null }): Promise<Page<AuditView>>;
}
