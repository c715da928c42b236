import type { JsonObject } from '../json.ts';

const stillUnused: Readonly<Record<string, number>> = {
  ConcurrentAsyncGetReportInstances: 200,
  ConcurrentSyncReportRuns: 20,
  DailyAsyncApexExecutions: 250_000,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryFileStorageMB: 976_562,
  DailyBulkV2QueryJobs: 10_000,
  DailyDurableStreamingApiEvents: 10_000,
  DailyGenericStreamingApiEvents: 10_000,
  DailyStandardVolumePlatformEvents: 10_000,
  DailyStreamingApiEvents: 10_000,
  DailyWorkflowEmails: 1_000,
  DataStorageMB: 1_024,
  DurableStreamingApiConcurrentClients: 20,
  FileStorageMB: 10_240,
  HourlyAsyncReportRuns: 1_200,
  HourlyDashboardRefreshes: 200,
  HourlyDashboardResults: 5_000,
  HourlyODataCallout: 1_000,
  HourlyPublishedPlatformEvents: 50_000,
  HourlySyncReportRuns: 500,
  HourlyTimeBasedWorkflow: 1_000,
  MassEmail: 5_000,
  MonthlyPlatformEventsUsageEntitlement: 0,
  SingleEmail: 5_000,
  StreamingApiConcurrentClients: 20,
};

/** `GET /limits`: what the org may, of which the sandbox only ever uses API requests. */
export function listLimits(requests: { readonly max: number; readonly used: number }): JsonObject {
  const unused = Object.entries(stillUnused).map(([name, max]) => [name, { Max: max, Remaining: max }] as const);
  const DailyApiRequests = { Max: requests.max, Remaining: Math.max(0, requests.max - requests.used) };
  return Object.fromEntries([...unused, ['DailyApiRequests', DailyApiRequests] as const].toSorted());
}
