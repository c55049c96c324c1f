import type { NativeLibrary } from './c-api.js';
import type { Pointer } from './c-prototypes.js';

/** TensorFlow's name of the first GPU that a context sees, if any; errors are left in `status`. */
export function firstGpu({ tf }: NativeLibrary, context: Pointer, status: Pointer): string | undefined {
  const list = tf.TFE_ContextListDevices(context, status);
  if (tf.TF_GetCode(status) !== 0) return undefined;
  let name: string | undefined;
  for (let i = 0; name === undefined && i < tf.TF_DeviceListCount(list); i++) {
    if (tf.TF_DeviceListType(list, i, status) === 'GPU') name = tf.TF_DeviceListName(list, i, status);
  }
  tf.TF_DeleteDeviceList(list);
  return name;
}
