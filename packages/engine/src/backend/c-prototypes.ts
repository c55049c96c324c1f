/**
 * The part of TensorFlow's C API (tensorflow/c/c_api.h, tensorflow/c/eager/c_api.h) that the engine calls.
 * A wrong type here crashes the process, so every declaration has a call with a known answer in `c-api.test.ts`.
 * `ptr` is an address as an integer; names of operations and attributes are addresses of interned C strings.
 */
export type Pointer = number;

/** One output of a graph operation: `TF_Output`. */
export interface GraphOutput {
  oper: Pointer;
  index: number;
}

type Bytes = NodeJS.ArrayBufferView | null;

export interface TensorFlowApi {
  TF_Version(): string;
  TF_NewStatus(): Pointer;
  TF_DeleteStatus(status: Pointer): void;
  TF_GetCode(status: Pointer): number;
  TF_Message(status: Pointer): string;
  // tensors in host memory
  TF_AllocateTensor(dtype: number, dims: Bytes, numDims: number, byteLength: number): Pointer;
  TF_DeleteTensor(tensor: Pointer): void;
  TF_TensorData(tensor: Pointer): Pointer;
  TF_TensorByteSize(tensor: Pointer): number;
  TF_StringCopy(string: Pointer, bytes: Bytes, byteLength: number): void;
  TF_StringGetDataPointer(string: Pointer): Pointer;
  TF_StringGetSize(string: Pointer): number;
  TF_StringDealloc(string: Pointer): void;
  // eager execution
  TFE_NewContextOptions(): Pointer;
  TFE_ContextOptionsSetConfig(options: Pointer, proto: Bytes, byteLength: number, status: Pointer): void;
  TFE_DeleteContextOptions(options: Pointer): void;
  TFE_NewContext(options: Pointer, status: Pointer): Pointer;
  TFE_DeleteContext(context: Pointer): void;
  TFE_ContextListDevices(context: Pointer, status: Pointer): Pointer;
  TF_DeviceListCount(list: Pointer): number;
  TF_DeviceListType(list: Pointer, index: number, status: Pointer): string;
  TF_DeviceListName(list: Pointer, index: number, status: Pointer): string;
  TF_DeleteDeviceList(list: Pointer): void;
  TFE_NewTensorHandle(tensor: Pointer, status: Pointer): Pointer;
  TFE_DeleteTensorHandle(handle: Pointer): void;
  TFE_TensorHandleDataType(handle: Pointer): number;
  TFE_TensorHandleNumDims(handle: Pointer, status: Pointer): number;
  TFE_TensorHandleDim(handle: Pointer, index: number, status: Pointer): number;
  TFE_TensorHandleResolve(handle: Pointer, status: Pointer): Pointer;
  TFE_TensorHandleCopyToDevice(handle: Pointer, context: Pointer, device: string, status: Pointer): Pointer;
  TFE_TensorHandleCopySharingTensor(handle: Pointer, status: Pointer): Pointer;
  TFE_NewOp(context: Pointer, name: Pointer, status: Pointer): Pointer;
  TFE_DeleteOp(op: Pointer): void;
  TFE_OpAddInput(op: Pointer, handle: Pointer, status: Pointer): void;
  TFE_OpSetAttrString(op: Pointer, name: Pointer, value: Bytes, byteLength: number): void;
  TFE_OpSetAttrInt(op: Pointer, name: Pointer, value: number): void;
  TFE_OpSetAttrIntList(op: Pointer, name: Pointer, values: Bytes, count: number): void;
  TFE_OpSetAttrFloat(op: Pointer, name: Pointer, value: number): void;
  TFE_OpSetAttrBool(op: Pointer, name: Pointer, value: number): void;
  TFE_OpSetAttrType(op: Pointer, name: Pointer, value: number): void;
  TFE_OpSetAttrTypeList(op: Pointer, name: Pointer, values: Bytes, count: number): void;
  TFE_OpSetAttrShape(op: Pointer, name: Pointer, dims: Bytes, numDims: number, status: Pointer): void;
  TFE_Execute(op: Pointer, results: Bytes, count: Bytes, status: Pointer): void;
  TFE_ContextAddFunction(context: Pointer, fn: Pointer, status: Pointer): void;
  TFE_ContextRemoveFunction(context: Pointer, name: string, status: Pointer): void;
  // graphs
  TF_NewGraph(): Pointer;
  TF_DeleteGraph(graph: Pointer): void;
  TF_NewOperation(graph: Pointer, type: Pointer, name: string): Pointer;
  TF_AddInput(description: Pointer, input: GraphOutput): void;
  TF_AddInputList(description: Pointer, inputs: GraphOutput[], count: number): void;
  TF_SetAttrString(description: Pointer, name: Pointer, value: Bytes, byteLength: number): void;
  TF_SetAttrInt(description: Pointer, name: Pointer, value: number): void;
  TF_SetAttrIntList(description: Pointer, name: Pointer, values: Bytes, count: number): void;
  TF_SetAttrFloat(description: Pointer, name: Pointer, value: number): void;
  TF_SetAttrBool(description: Pointer, name: Pointer, value: number): void;
  TF_SetAttrType(description: Pointer, name: Pointer, value: number): void;
  TF_SetAttrTypeList(description: Pointer, name: Pointer, values: Bytes, count: number): void;
  TF_SetAttrShape(description: Pointer, name: Pointer, dims: Bytes, numDims: number): void;
  TF_SetAttrTensor(description: Pointer, name: Pointer, tensor: Pointer, status: Pointer): void;
  TF_FinishOperation(description: Pointer, status: Pointer): Pointer;
  TF_OperationOutputType(output: GraphOutput): number;
  TF_GraphGetTensorNumDims(graph: Pointer, output: GraphOutput, status: Pointer): number;
  TF_GraphGetTensorShape(graph: Pointer, output: GraphOutput, dims: Bytes, numDims: number, s: Pointer): void;
  TF_GraphToFunction(
    graph: Pointer,
    name: string,
    appendHash: number,
    numOperations: number,
    operations: null,
    numInputs: number,
    inputs: GraphOutput[],
    numOutputs: number,
    outputs: GraphOutput[],
    outputNames: null,
    options: Pointer,
    description: null,
    status: Pointer,
  ): Pointer;
  TF_DeleteFunction(fn: Pointer): void;
  TF_GetAllOpList(): Pointer;
  TF_DeleteBuffer(buffer: Pointer): void;
}

/** The same in C, read by koffi; `result (arguments)`. */
export const prototypes: Record<keyof TensorFlowApi, string> = {
  TF_Version: 'str ()',
  TF_NewStatus: 'ptr ()',
  TF_DeleteStatus: 'void (ptr status)',
  TF_GetCode: 'int (ptr status)',
  TF_Message: 'str (ptr status)',
  TF_AllocateTensor: 'ptr (int dtype, const void* dims, int num_dims, size_t len)',
  TF_DeleteTensor: 'void (ptr tensor)',
  TF_TensorData: 'ptr (ptr tensor)',
  TF_TensorByteSize: 'size_t (ptr tensor)',
  TF_StringCopy: 'void (ptr dst, const void* src, size_t size)',
  TF_StringGetDataPointer: 'ptr (ptr string)',
  TF_StringGetSize: 'size_t (ptr string)',
  TF_StringDealloc: 'void (ptr string)',
  TFE_NewContextOptions: 'ptr ()',
  TFE_ContextOptionsSetConfig: 'void (ptr options, const void* proto, size_t len, ptr status)',
  TFE_DeleteContextOptions: 'void (ptr options)',
  TFE_NewContext: 'ptr (ptr options, ptr status)',
  TFE_DeleteContext: 'void (ptr context)',
  TFE_ContextListDevices: 'ptr (ptr context, ptr status)',
  TF_DeviceListCount: 'int (ptr list)',
  TF_DeviceListType: 'str (ptr list, int index, ptr status)',
  TF_DeviceListName: 'str (ptr list, int index, ptr status)',
  TF_DeleteDeviceList: 'void (ptr list)',
  TFE_NewTensorHandle: 'ptr (ptr tensor, ptr status)',
  TFE_DeleteTensorHandle: 'void (ptr handle)',
  TFE_TensorHandleDataType: 'int (ptr handle)',
  TFE_TensorHandleNumDims: 'int (ptr handle, ptr status)',
  TFE_TensorHandleDim: 'int64_t (ptr handle, int index, ptr status)',
  TFE_TensorHandleResolve: 'ptr (ptr handle, ptr status)',
  TFE_TensorHandleCopyToDevice: 'ptr (ptr handle, ptr context, str device, ptr status)',
  TFE_TensorHandleCopySharingTensor: 'ptr (ptr handle, ptr status)',
  TFE_NewOp: 'ptr (ptr context, ptr name, ptr status)',
  TFE_DeleteOp: 'void (ptr op)',
  TFE_OpAddInput: 'void (ptr op, ptr handle, ptr status)',
  TFE_OpSetAttrString: 'void (ptr op, ptr name, const void* value, size_t len)',
  TFE_OpSetAttrInt: 'void (ptr op, ptr name, int64_t value)',
  TFE_OpSetAttrIntList: 'void (ptr op, ptr name, const void* values, int count)',
  TFE_OpSetAttrFloat: 'void (ptr op, ptr name, float value)',
  TFE_OpSetAttrBool: 'void (ptr op, ptr name, uchar value)',
  TFE_OpSetAttrType: 'void (ptr op, ptr name, int value)',
  TFE_OpSetAttrTypeList: 'void (ptr op, ptr name, const void* values, int count)',
  TFE_OpSetAttrShape: 'void (ptr op, ptr name, const void* dims, int num_dims, ptr status)',
  TFE_Execute: 'void (ptr op, _Out_ void* results, _Inout_ void* count, ptr status)',
  TFE_ContextAddFunction: 'void (ptr context, ptr fn, ptr status)',
  TFE_ContextRemoveFunction: 'void (ptr context, str name, ptr status)',
  TF_NewGraph: 'ptr ()',
  TF_DeleteGraph: 'void (ptr graph)',
  TF_NewOperation: 'ptr (ptr graph, ptr type, str name)',
  TF_AddInput: 'void (ptr description, TF_Output input)',
  TF_AddInputList: 'void (ptr description, const TF_Output* inputs, int count)',
  TF_SetAttrString: 'void (ptr description, ptr name, const void* value, size_t len)',
  TF_SetAttrInt: 'void (ptr description, ptr name, int64_t value)',
  TF_SetAttrIntList: 'void (ptr description, ptr name, const void* values, int count)',
  TF_SetAttrFloat: 'void (ptr description, ptr name, float value)',
  TF_SetAttrBool: 'void (ptr description, ptr name, uchar value)',
  TF_SetAttrType: 'void (ptr description, ptr name, int value)',
  TF_SetAttrTypeList: 'void (ptr description, ptr name, const void* values, int count)',
  TF_SetAttrShape: 'void (ptr description, ptr name, const void* dims, int num_dims)',
  TF_SetAttrTensor: 'void (ptr description, ptr name, ptr tensor, ptr status)',
  TF_FinishOperation: 'ptr (ptr description, ptr status)',
  TF_OperationOutputType: 'int (TF_Output output)',
  TF_GraphGetTensorNumDims: 'int (ptr graph, TF_Output output, ptr status)',
  TF_GraphGetTensorShape: 'void (ptr graph, TF_Output output, _Out_ void* dims, int num_dims, ptr status)',
  TF_GraphToFunction:
    'ptr (ptr graph, str name, uchar append_hash, int num_opers, const void* opers, int ninputs, ' +
    'const TF_Output* inputs, int noutputs, const TF_Output* outputs, const void* output_names, ' +
    'ptr options, str description, ptr status)',
  TF_DeleteFunction: 'void (ptr fn)',
  TF_GetAllOpList: 'ptr ()',
  TF_DeleteBuffer: 'void (ptr buffer)',
};
