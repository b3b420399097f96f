import { patchModel, readModel } from '../state/store.ts';

export function selectVehicle(vehicleId: string, add = false): void {
  const { selectedVehicleIds } = readModel();
  if (!add) {
    patchModel({ selectedVehicleIds: [vehicleId] });
    return;
  }
  patchModel({
    selectedVehicleIds: selectedVehicleIds.includes(vehicleId)
      ? selectedVehicleIds.filter((id) => id !== vehicleId)
      : [...selectedVehicleIds, vehicleId],
  });
}

export function selectVehicles(vehicleIds: readonly string[]): void {
  patchModel({ selectedVehicleIds: vehicleIds });
}
