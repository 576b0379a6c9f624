namespace PerfTrace.Symbols;

/// <summary>What a process had mapped when a sample was taken: also its stacks and other memory, as far as the recording tells of it.</summary>
internal interface IUnwindMappings
{
    /// <summary>The module that is mapped at an address, and the address's place in its file; null: none.</summary>
    (CodeModule Module, ulong Place)? Find(ulong address);
}
