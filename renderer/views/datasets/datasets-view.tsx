export function DatasetsView(_: { datasetId: string | null }) {
  return null;
}
