// The library of a driver of long ago, for tests: no call of a later version, and few of the first.
#include "nvml_abi.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int device;

int nvmlInit(void) { return NVML_OK; }
int nvmlDeviceGetCount(unsigned int *count) { *count = 1; return NVML_OK; }

int nvmlDeviceGetHandleByIndex(unsigned int index, nvml_device_ref *handle) {
    *handle = (nvml_device_ref)&device;
    return index == 0 ? NVML_OK : NVML_INVALID_ARGUMENT;
}

int nvmlDeviceGetName(nvml_device_ref handle, char *name, unsigned int size) {
    snprintf(name, size, "Tesla K20");
    return handle ? NVML_OK : NVML_INVALID_ARGUMENT;
}

// The first layout: 16 characters and four numbers.
int nvmlDeviceGetPciInfo(nvml_device_ref handle, void *pci) {
    unsigned int numbers[4] = {0, 0x81, 0, 0x102810de};
    memcpy(pci, "0000:81:00.0\0\0\0", 16);
    memcpy((char *)pci + 16, numbers, sizeof numbers);
    return handle ? NVML_OK : NVML_INVALID_ARGUMENT;
}

int nvmlDeviceGetMemoryInfo(nvml_device_ref handle, nvml_memory *memory) {
    memory->total = 5ull << 30;
    memory->used = 1ull << 30;
    memory->free = 4ull << 30;
    return handle ? NVML_OK : NVML_INVALID_ARGUMENT;
}

int nvmlDeviceGetComputeRunningProcesses(nvml_device_ref handle, unsigned int *count, nvml_process *processes) {
    if (*count < 2) { *count = 2; return NVML_INSUFFICIENT_SIZE; }
    *count = 2;
    processes[0] = (nvml_process){(unsigned int)getpid(), 1ull << 20};
    processes[1] = (nvml_process){(unsigned int)getppid(), 2ull << 20};
    return handle ? NVML_OK : NVML_INVALID_ARGUMENT;
}
