namespace PerfTrace.Kernel;

/// <summary>Makes an object of the class of a struct.</summary>
internal delegate BtfValue BtfValueFactory(ref readonly byte source, int length);
