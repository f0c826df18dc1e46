#ifndef NVML_ABI_H
#define NVML_ABI_H

#include <stddef.h>

/// The few types of NVIDIA's management library (NVML) that are asked for, as every driver since 2011 lays them out.
///
/// Sources: NVIDIA's "NVML API Reference Guide" and the nvml.h of CUDA 11.8 and 13.4. The library is opened at run
/// time, so nothing here is linked. Names are our own, so that this header can be compiled beside nvml.h.

typedef struct nvml_device *nvml_device_ref;        // nvmlDevice_t
typedef struct nvml_event_set *nvml_event_set_ref;  // nvmlEventSet_t

/// nvmlReturn_t
enum {
    NVML_OK = 0,
    NVML_UNINITIALIZED = 1,
    NVML_INVALID_ARGUMENT = 2,
    NVML_NOT_SUPPORTED = 3,
    NVML_NO_PERMISSION = 4,
    NVML_NOT_FOUND = 6,
    NVML_INSUFFICIENT_SIZE = 7,
    NVML_INSUFFICIENT_POWER = 8,
    NVML_DRIVER_NOT_LOADED = 9,
    NVML_TIMEOUT = 10,
    NVML_IRQ_ISSUE = 11,
    NVML_LIBRARY_NOT_FOUND = 12,
    NVML_FUNCTION_NOT_FOUND = 13,
    NVML_CORRUPTED_INFOROM = 14,
    NVML_GPU_IS_LOST = 15,
    NVML_RESET_REQUIRED = 16,
    NVML_OPERATING_SYSTEM = 17,
    NVML_LIB_RM_VERSION_MISMATCH = 18,
    NVML_IN_USE = 19,
    NVML_MEMORY = 20,
    NVML_NO_DATA = 21,
    NVML_NOT_READY = 27,
    NVML_GPU_NOT_FOUND = 28,
    NVML_UNKNOWN = 999,
};

enum {
    NVML_TEMPERATURE_OF_GPU = 0,  // nvmlTemperatureSensors_t
    NVML_CLOCK_OF_SM = 1,         // nvmlClockType_t
    NVML_CLOCK_OF_MEMORY = 2,
    NVML_ECC_CORRECTED = 0,       // nvmlMemoryErrorType_t
    NVML_ECC_UNCORRECTED = 1,
    NVML_ECC_VOLATILE = 0,        // nvmlEccCounterType_t: since the driver was loaded
    NVML_EVENT_XID = 0x8,         // nvmlEventTypeXidCriticalError
};

/// nvmlMemory_t, version 1; bytes.
typedef struct {
    unsigned long long total, free, used;
} nvml_memory;

/// nvmlUtilization_t; percent.
typedef struct {
    unsigned int gpu, memory;
} nvml_utilization;

/// nvmlPciInfo_t as `_v3` fills it. The older calls fill less, and the numbers up to `device_id` lie where they always
/// did; `bus_id` does not.
typedef struct {
    char bus_id_legacy[16];
    unsigned int domain, bus, device, device_id, subsystem_id;
    char bus_id[32];
} nvml_pci;

/// nvmlProcessInfo_v1_t: how every version of a process's entry begins.
typedef struct {
    unsigned int pid;
    unsigned long long memory;
} nvml_process;

/// The sizes that entries have been seen with: v1; v2; v2 and the protected memory of confidential computing, which
/// drivers 535.43 to 535.86 wrote although they were asked for v2.
enum { NVML_PROCESS_V1 = 16, NVML_PROCESS_V2 = 24, NVML_PROCESS_DETAIL = 32 };

/// nvmlEventData_t; calls before `_v2` leave the last two alone.
typedef struct {
    nvml_device_ref device;
    unsigned long long type, data;
    unsigned int gpu_instance, compute_instance;
} nvml_event;

typedef int (*nvml_call_plain)(void);
typedef const char *(*nvml_call_error_string)(int);
typedef int (*nvml_call_system_text)(char *, unsigned int);
typedef int (*nvml_call_count)(unsigned int *);
typedef int (*nvml_call_handle)(unsigned int, nvml_device_ref *);
typedef int (*nvml_call_text)(nvml_device_ref, char *, unsigned int);
typedef int (*nvml_call_pci)(nvml_device_ref, nvml_pci *);
typedef int (*nvml_call_memory)(nvml_device_ref, nvml_memory *);
typedef int (*nvml_call_utilization)(nvml_device_ref, nvml_utilization *);
typedef int (*nvml_call_number)(nvml_device_ref, unsigned int *);
typedef int (*nvml_call_number_of)(nvml_device_ref, int, unsigned int *);
typedef int (*nvml_call_bits)(nvml_device_ref, unsigned long long *);
typedef int (*nvml_call_ecc)(nvml_device_ref, int, int, unsigned long long *);
typedef int (*nvml_call_remapped)(
    nvml_device_ref, unsigned int *, unsigned int *, unsigned int *, unsigned int *);
typedef int (*nvml_call_pair)(nvml_device_ref, unsigned int *, unsigned int *);
typedef int (*nvml_call_processes)(nvml_device_ref, unsigned int *, void *);
typedef int (*nvml_call_mig_handle)(nvml_device_ref, unsigned int, nvml_device_ref *);
typedef int (*nvml_call_event_set)(nvml_event_set_ref *);
typedef int (*nvml_call_event_register)(nvml_device_ref, unsigned long long, nvml_event_set_ref);
typedef int (*nvml_call_event_wait)(nvml_event_set_ref, nvml_event *, unsigned int);
typedef int (*nvml_call_event_free)(nvml_event_set_ref);

#endif
