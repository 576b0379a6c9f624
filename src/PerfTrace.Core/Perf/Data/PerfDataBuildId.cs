namespace PerfTrace.Perf;

/// <summary>Which build of a program or library was running.</summary>
/// <param name="Path">The file, as its process saw it; <c>[kernel.kallsyms]</c>, <c>[vdso]</c>.</param>
/// <param name="BuildId">The note NT_GNU_BUILD_ID in hexadecimal.</param>
/// <param name="IsKernel">It is the kernel or a module.</param>
public sealed record PerfDataBuildId(string Path, string BuildId, bool IsKernel);
