import type { components } from './generated/api.js';

type Schemas = components['schemas'];

export type Artifact = Schemas['Artifact'];
export type ArtifactDetail = Schemas['ArtifactDetail'];
export type AuditList = Schemas['AuditList'];
export type Experiment = Schemas['Experiment'];
export type ExperimentEvent = Schemas['ExperimentEvent'];
export type ExperimentList = Schemas['ExperimentList'];
export type ExperimentSummary = Schemas['ExperimentSummary'];
export type FailedJobList = Schemas['FailedJobList'];
export type Job = Schemas['Job'];
export type JobStatus = Schemas['JobStatus'];
export type Key = Schemas['Key'];
export type KeyWithSecret = Schemas['KeyWithSecret'];
export type KindEstimate = Schemas['KindEstimate'];
export type Metric = Schemas['Metric'];
export type PlanSummary = Schemas['PlanSummary'];
export type Progress = Schemas['Progress'];
export type Project = Schemas['Project'];
export type Readiness = Schemas['Readiness'];
export type Report = Schemas['Report'];
