using System.Management.Automation;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Get-KernelFunction: the kernel's functions, those that tracers can trace where the kernel tells.</summary>
[Cmdlet(VerbsCommon.Get, "KernelFunction")]
[OutputType(typeof(KernelFunction))]
public sealed class GetKernelFunctionCommand : PerfTraceCommand
{
    private List<KernelFunction>? _all;

    /// <summary>Names; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KernelFunctionCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Functions of these modules alone; wildcards. An empty name is the kernel itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [AllowEmptyString]
    public string? Module { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            _all ??= [.. KernelFunctions.List(SystemPaths.Default, WriteWarning, StopToken)];
        }
        catch (KernelException e)
        {
            ThrowProblem(e, null);
            return;
        }
        WildcardPattern? module = string.IsNullOrEmpty(Module) ? null : WildcardPattern.Get(Module, WildcardOptions.None);
        foreach (string name in Name)
            Find(_all, name, module);
    }

    private void Find(List<KernelFunction> all, string name, WildcardPattern? module)
    {
        // Names of functions differ in case.
        bool isWildcard = WildcardPattern.ContainsWildcardCharacters(name);
        WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.Compiled);
        bool isFound = false;
        foreach (KernelFunction function in all)
        {
            if (StopToken.IsCancellationRequested)
                return;
            if (!(isWildcard ? pattern.IsMatch(function.Name) : function.Name == name) || !IsOfModule(function, module))
                continue;
            isFound = true;
            WriteObject(function);
        }
        if (!isFound && !isWildcard && !StopToken.IsCancellationRequested)
            WriteProblem(KernelFunctions.NotFound(name, all), name);
    }

    private bool IsOfModule(KernelFunction function, WildcardPattern? module) =>
        Module is null || (module is null ? function.Module is null : function.Module is not null && module.IsMatch(function.Module));
}
